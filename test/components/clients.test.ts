import { expect } from '@open-wc/testing'
import { Clients, scriptEndpoint } from '../../components/element/clients.ts'
import { createClient } from '../../sdk/index.ts'
import { after } from './page.ts'

const endpoint = 'https://x.example'
const silent = { fetch: () => new Promise<Response>(() => undefined) }

describe('the clients of a page', () => {
  it('are one for each endpoint, site and credential', () => {
    let made = 0
    const clients = new Clients((options) => {
      made += 1
      return createClient({ ...options, ...silent })
    })
    const getToken = () => 'token'
    const own = { site: 's', getToken }
    const asked = [{ share: 'a' }, { share: 'a' }, { share: 'b' }, own, { ...own }]
    const leases = asked.map((credential) => clients.acquire({ endpoint, ...credential }))
    expect(made).to.equal(3)
    expect(leases[0]?.client).to.equal(leases[1]?.client)
    clients.acquire({ endpoint, site: 's', getToken: () => 'token' })
    expect(made).to.equal(4)
  })

  it('outlive their last reader by a second', async () => {
    const clients = new Clients((options) => createClient({ ...options, ...silent }))
    const credential = { endpoint, share: 'a' }
    const first = clients.acquire(credential)
    first.release()
    first.release()
    const second = clients.acquire(credential)
    await after(1100)
    expect(second.client.status.get().state).to.equal('idle')
    expect(clients.size).to.equal(1)
    second.release()
    await after(1100)
    expect(clients.size).to.equal(0)
    expect(second.client.status.get().state).to.equal('closed')
  })

  it('ask the service that the script came from', () => {
    expect(scriptEndpoint('https://stats.example.com/embed/hk.js')).to.equal('https://stats.example.com')
    expect(scriptEndpoint('https://a.example/stats/embed/chunks/a.js')).to.equal('https://a.example/stats')
    expect(scriptEndpoint('https://cdn.example.com/hk.js')).to.equal('https://cdn.example.com')
  })
})

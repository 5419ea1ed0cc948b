import { clean } from './clean.ts'
import { hostnameOf } from './path.ts'
import { watchFile, type WatchOptions } from './watch.ts'

/** Hosts that send visits that never were, so that people open them from their reports. Disposing ends its watch. */
export interface SpamHosts extends Disposable {
  /** The known host that a referrer belongs to, itself or by a parent domain; `undefined` for all others. */
  find(referrer: string): string | undefined
}

/** Month of the list's last review. */
export const spamListDate = '2026-11'

/**
 * The hosts that are met most, by what they pretend to offer. Our own choice of those that public lists agree on, as
 * the community's that Matomo keeps ("referrer-spam-list", public domain), which an operator can add whole.
 */
const builtIn = `
semalt.com semalt.net darodar.com econom.co ilovevitaly.com ilovevitaly.co ilovevitaly.ru priceg.com blackhatworth.com
hulfingtonpost.com humanorightswatch.org theguardlan.com o-o-6-o-o.com o-o-8-o-o.com iskalko.ru lomb.co lumb.co
cenoval.ru cenokos.ru bestwebsitesawards.com guardlink.org googlsucks.com superiends.org luxup.ru edakgfvwql.ru
slftsdybbg.ru gobongo.info torture.ml domination.ml smailik.org vodkoved.ru ghazel.ru viel.su ico.re snip.to snip.tw
copyrightclaims.org law-check-two.xyz law-six.xyz yourserverisdown.com search-error.com weburlopener.com

buttons-for-website.com buttons-for-your-website.com buttons-for-your-website.info free-share-buttons.com
free-social-buttons.com free-floating-buttons.com floating-share-buttons.com simple-share-buttons.com
social-buttons.com sharebutton.net sharebutton.to event-tracking.com

best-seo-offer.com best-seo-solution.com best-seo-software.xyz 100dollars-seo.com success-seo.com seo-2-0.com
seo-platform.com seo-smm.kz seoexperimenty.ru seopub.net site-auditor.online rank-checker.online ranksonic.info
ranksonic.org dailyrank.net keywords-monitoring-success.com keywords-monitoring-your-success.com sitevaluation.org
fix-website-errors.com slow-website.xyz website-analyzer.info website-analytics.online website-speed-check.site
website-speed-checker.site uptimechecker.com wordpress-crew.net w3javascript.com 4webmasters.org

get-free-traffic-now.com meendo-free-traffic.ga webmaster-traffic.com trafficmonetize.org trafficmonetizer.org
webmonetizer.net monetizationking.net traffic2cash.org traffic2money.com trafficgenius.xyz trafficbot.life
trafficbot.live bot-traffic.icu bot-traffic.xyz bottraffic.live bottraffic.xyz net-profits.xyz 7makemoneyonline.com
makemoneyonline.com qualitymarketzone.com videos-for-your-business.com video--production.com cityadspix.com
wmasterlead.com e-buyeasy.com buy-cheap-online.info cyber-monday.ga

grets.store seders.website rida.tokyo bartikus.site razas.site dertus.site mantero.online

kambasoft.com savetubevideo.com srecorder.com soundfrost.org fbdownloader.com fbfreegifts.com
descargar-musica-gratis.net baixar-musicas-gratis.com backgroundpictures.net freewhatsappload.com extener.com
extener.org feedouble.com feedouble.net joinandplay.me joingames.org igru-xbox.net onlinetvseries.me valegames.com

generalporn.org girlporn.ru forsex.info forum69.info pornhub-forum.ga pornhub-forum.uni.me pornhub-ru.com
rapidgator-porn.ga youporn-forum.ga sexyali.com anal-acrobats.com onlywoman.org

burger-imperia.com pizza-imperia.com pizza-tycoon.com hundejo.com hvd-store.com hongfanji.com nardulan.com
netfacet.net novosti-hi-tech.ru online-hit.info powitania.pl quit-smoking.ga sanjosestartups.com screentoolkit.com
sohoindia.net solnplast.ru steame.ru tasteidea.com thaoduoctoday.com torontoplumbinggroup.com trion.od.ua
vapmedia.org video-hollywood.ru zastroyka.org acads.net bizru.info brakehawk.com break-the-chains.com datract.com
erot.co kabbalah-red-bracelets.com`

const known = readList(builtIn)

/**
 * Opens the list of spam hosts.
 *
 * @param path of the operator's own list beside ours: one host a line, `#` before a remark; read again when it changes
 * @throws {Error} where that list can't be read or has what is no host
 */
export async function openSpamHosts({ path = '', ...watch }: WatchOptions & { path?: string } = {}): Promise<SpamHosts> {
  if (path === '') return { find: (referrer) => findHost(referrer, [known]), [Symbol.dispose]: () => undefined }
  try {
    const file = await watchFile(path, (bytes) => readList(bytes.toString('utf8')), watch)
    return {
      find: (referrer) => findHost(referrer, [known, file.content]),
      [Symbol.dispose]: () => file[Symbol.dispose](),
    }
  } catch (cause) {
    throw new Error(`The list ${path} can't be used: give a file with one host a line.`, { cause })
  }
}

function readList(text: string): ReadonlySet<string> {
  const hosts = text.replace(/#.*$/gm, '').split(/\s+/).filter((word) => word !== '')
  const odd = hosts.find((host) => !/^[^/:*]+\.[^/:*.]+$/.test(host))
  if (odd !== undefined) throw new Error(`"${clean(odd, 80)}" is no host.`)
  return new Set(hosts.map((host) => host.toLowerCase().replace(/^www\./, '')))
}

function findHost(referrer: string, lists: readonly ReadonlySet<string>[]): string | undefined {
  const url = referrer === '' || referrer.length > 8_192 ? null : URL.parse(referrer)
  if (url === null) return undefined
  let host = hostnameOf(url)
  while (host.includes('.')) {
    if (lists.some((list) => list.has(host))) return host
    host = host.slice(host.indexOf('.') + 1)
  }
  return undefined
}

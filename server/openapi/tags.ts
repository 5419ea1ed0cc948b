/** Groups of operations, in the order in which they are read. */
export const tags = [
  { name: 'sites', description: 'Sites of the tenant.' },
  { name: 'reports', description: 'Numbers of a site, by API token or by share link.' },
  { name: 'exports', description: 'Reports as files.' },
  { name: 'collect', description: 'What comes in: from the tracker, from servers and from logs.' },
  { name: 'imports', description: 'Data of other systems, taken over; and all of a site, taken out.' },
  { name: 'goals', description: 'What counts as a conversion.' },
  { name: 'funnels', description: 'Steps that visitors do in turn.' },
  { name: 'annotations', description: 'What happened when.' },
  { name: 'exclusions', description: 'What a site does not want to have counted.' },
  { name: 'opportunities', description: 'Findings: what a site could do better.' },
  { name: 'shares', description: 'Links that show a site, or a part of it, to whoever has them.' },
  { name: 'clients', description: 'API tokens and what they may do.' },
  { name: 'embed', description: 'What browsers load.' },
  { name: 'service', description: 'The process: whether it lives, its counters, and this document.' },
  { name: 'internal', description: 'Between our own parts. May change without notice.' },
]

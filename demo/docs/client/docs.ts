/**
 * What the documentation does in a browser, on top of what is written in the page.
 *
 * @module
 */
import { markContents } from './contents.ts'
import { copyOnClick } from './copy.ts'
import { buildEmbed } from './embed.ts'
import { countEvents } from './events.ts'
import { filterNav } from './nav.ts'
import { switchScheme } from './switch.ts'
import { buildTheme } from './theme.ts'

switchScheme()
filterNav()
copyOnClick()
countEvents()
markContents()
buildTheme()
buildEmbed()

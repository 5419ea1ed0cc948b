import uPlot from 'uplot'
import type { Made } from './page.ts'
import { height, inkOf, width } from './page.ts'

const plots: uPlot[] = []
const data = ({ at, amounts }: Made): uPlot.AlignedData => [at.map((ms) => ms / 1_000), [...amounts]]

window.charts = {
  async create(boxes, made) {
    const series = [{}, { label: 'Visitors', stroke: '#4f46e5', fill: '#4f46e522', width: 2 }]
    for (const box of boxes) plots.push(new uPlot({ width, height: height - 30, series }, data(made), box))
  },
  async update(made) {
    for (const plot of plots) plot.setData(data(made))
  },
  drawn: () => plots.map(({ ctx }) => inkOf(ctx.canvas)),
}

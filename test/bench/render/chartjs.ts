import { Chart, Filler, LinearScale, LineController, LineElement, PointElement, Tooltip } from 'chart.js'
import type { Made } from './page.ts'
import { height, inkOf, width } from './page.ts'

Chart.register(Filler, LinearScale, LineController, LineElement, PointElement, Tooltip)
const charts: Chart[] = []
const points = ({ at, amounts }: Made) => at.map((x, index) => ({ x, y: amounts[index] ?? 0 }))

window.charts = {
  async create(boxes, made) {
    for (const box of boxes) {
      const canvas = document.createElement('canvas')
      Object.assign(canvas, { width, height })
      box.append(canvas)
      const dataset = { data: points(made), borderColor: '#4f46e5', backgroundColor: '#4f46e522', fill: true, pointRadius: 0 }
      charts.push(
        new Chart(canvas, {
          type: 'line',
          data: { datasets: [dataset] },
          options: { animation: false, responsive: false, parsing: false, normalized: true, scales: { x: { type: 'linear' } } },
        }),
      )
    }
  },
  async update(made) {
    for (const chart of charts) {
      const [dataset] = chart.data.datasets
      if (dataset) dataset.data = points(made)
      chart.update('none')
    }
  },
  drawn: () => charts.map(({ canvas }) => inkOf(canvas)),
}

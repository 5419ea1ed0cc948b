import { LineChart } from 'echarts/charts'
import { GridComponent, TooltipComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import type { EChartsType } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import type { Made } from './page.ts'
import { height, inkOf, width } from './page.ts'

use([LineChart, GridComponent, TooltipComponent, CanvasRenderer])
const charts: EChartsType[] = []
const series = ({ at, amounts }: Made) => ({
  type: 'line',
  showSymbol: false,
  areaStyle: {},
  data: at.map((ms, index) => [ms, amounts[index]]),
})

window.charts = {
  async create(boxes, made) {
    for (const box of boxes) {
      const chart = init(box, null, { width, height })
      chart.setOption({ animation: false, tooltip: {}, xAxis: { type: 'time' }, yAxis: {}, series: [series(made)] })
      charts.push(chart)
    }
  },
  async update(made) {
    for (const chart of charts) chart.setOption({ series: [series(made)] })
  },
  drawn: () => charts.map((chart) => inkOf(chart.getDom().querySelector('canvas'))),
}

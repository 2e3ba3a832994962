/** The route of what is counted and measured. */
import { VERSION } from '../../app/version.js';
import { NAMESPACE } from '../parameter.js';
import { formatMetrics, PROMETHEUS_TYPE } from '../prometheus.js';
import { type Route, route } from '../route.js';

export const METRICS_ROUTES: readonly Route[] = [
  route<object, { readonly namespace?: string }>({
    method: 'GET',
    path: '/metrics',
    name: 'showMetrics',
    summary: 'What is counted and measured, for Prometheus.',
    scope: 'read',
    query: { namespace: NAMESPACE },
    response: {
      status: 200,
      type: PROMETHEUS_TYPE,
      description: 'The text format 0.0.4 of Prometheus; docs/metrics.md has the names.',
    },
    async handle({ service, query: { namespace } }) {
      const { metricsOf } = await import('../../app/metrics.js');
      const { familiesOf } = await import('../metric-family.js');
      const metrics = await metricsOf(service, namespace);
      const { user, system } = process.cpuUsage();
      const { rss, heapUsed } = process.memoryUsage();
      const families = familiesOf(metrics, {
        version: VERSION,
        node: process.versions.node,
        startedAt: service.startedAt,
        residentBytes: rss,
        heapBytes: heapUsed,
        cpuSeconds: { user: user / 1e6, system: system / 1e6 },
      });
      return new Response(formatMetrics(families), { headers: { 'content-type': PROMETHEUS_TYPE } });
    },
  }),
];

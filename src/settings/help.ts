/** What each setting is for, in the words of the help and the manual page. */
import type { SettingName } from './table.js';

export const SETTING_HELP: { readonly [Name in SettingName]: string } = {
  stateDir: 'where the bookkeeping lives (default: $XDG_STATE_HOME/supertask)',
  hostId: 'the host name to file under, for containers whose names change',
  ns: 'namespace id; any unique prefix when reading (default: the digest of host, user and source)',
  tz: 'IANA zone of schedules that name none (default: the system zone)',
  timeout: 'stop a run that takes longer, such as 30s or 1h30m',
  onStop: 'on the first SIGINT or SIGTERM: stop the runs that are going, or drain (wait for them)',
  json: 'JSON for programs on stdout',
  quiet: 'tell nothing but errors; output of the tasks still passes through',
  output:
    "show the tasks' output as it comes (text), by line with the job before it (prefixed, the default for several jobs), by run when it ends (group), as events (json), or keep it only (quiet)",
  timestamps: "put the local time before each line of the tasks' output",
  statusLine: 'a last line that tells what is running and due next: auto (a schedule on a terminal) or never',
  color: 'colours: auto (when a terminal), always or never; NO_COLOR and FORCE_COLOR count too',
  docker: 'container engine for docker: targets (default: docker or podman, whichever works)',
  mask: 'hide secrets in output that is shown and kept (all, the default), only in what is shown, or not at all',
  watch: 'false: do not take over changes of the timetable while running; SIGHUP does so in any case',
  poll: 'how often a timetable from a URL is asked for changes (default: 1m)',
  maxRunning:
    'at most so many runs at once, and no more than ulimit -n allows; others wait their turn (default: 256)',
  http: 'answer by HTTP and show the web page, here: HOST:PORT, :PORT or PORT (default: 127.0.0.1:4243; port 0: any)',
  tlsCert: 'HTTPS with this certificate chain (PEM); read again at SIGHUP',
  tlsKey: 'the key of --tls-cert (PEM)',
  insecure: 'let --http be an address that others can reach, without TLS',
  allowHost:
    'further names under which browsers reach --http, such as tasks.example.org; separated by commas',
  trustProxy: 'believe X-Forwarded-For, -Host, -Proto and -Prefix of the proxy in front of --http',
  basePath: 'the path below which --http is, such as /tasks, where a proxy passes it on',
  apiAllowEnv:
    'variables that jobs made through the API may set or read although they decide what code runs: PATH,LD_PRELOAD, or *',
  apiAllowCwd:
    "directories, with commas, that jobs made through the API may run in beside the scheduler's own, or *",
};

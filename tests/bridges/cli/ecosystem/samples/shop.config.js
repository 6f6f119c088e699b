// A shop: a clustered site, a queue worker, nightly jobs.
const path = require('path');
const { version } = require('./package.json');

const common = {
  cwd: path.join(__dirname, 'current'),
  log_date_format: 'YYYY-MM-DD HH:mm Z',
  merge_logs: true,
  max_memory_restart: '300M',
  kill_timeout: 5000,
  env: { NODE_ENV: 'development', VERSION: version },
  env_production: { NODE_ENV: 'production', LOG_LEVEL: 'warn' },
  env_staging: { NODE_ENV: 'staging' },
};

console.log('loading the shop', version);

module.exports = {
  apps: [
    {
      ...common,
      name: 'site',
      script: './server.js',
      args: ['--port', 3000],
      instances: 3,
      exec_mode: 'cluster',
      wait_ready: true,
      listen_timeout: 8000,
      increment_var: 'PORT',
      env: { ...common.env, PORT: 3000 },
      env_production: { ...common.env_production, DATABASE_URL: 'postgres://shop:s3cret@db/shop' },
    },
    {
      ...common,
      name: 'queue worker',
      script: 'worker.py',
      interpreter_args: '-X dev',
      args: '--queue "high priority" --retries 3',
      instances: 'max',
      exp_backoff_restart_delay: 100,
      min_uptime: '30s',
      max_restarts: 20,
      watch: ['lib', 'worker.py'],
      ignore_watch: [/node_modules/, '*.pyc'],
      env: { STRIPE_API_KEY: 'sk_live_1', QUEUE: 7, DEBUG: false, UNSET: undefined },
      out_file: 'logs/worker.log',
      error_file: '~/worker-error.log',
    },
    {
      name: 'nightly',
      script: 'npm run nightly -- --all',
      autorestart: false,
      cron_restart: '0 4 * * *',
      time: true,
      namespace: 'jobs',
      colour: 'blue',
    },
    { name: 'proxy', script: '/usr/sbin/nginx', args: "-g 'daemon off;'", user: 'www-data',
      restart_delay: '2s', stop_exit_codes: [0, 3], treekill: false, shutdown_with_message: true },
  ],
  deploy: { production: { user: 'deploy', host: 'shop.example', repo: 'git@example.org:shop.git' } },
};

require('../dist/cli/start.cjs');

// `npm start`: sets up, builds and serves the page.

import { buildAll } from './build.js';
import { main } from './tools.js';

await main(async () => {
  await buildAll();
  const { serve } = await import('./serve.js'); // needs the npm packages
  const port = Number(process.env.PORT ?? 8080);
  const { url } = await serve({ port }).catch((error) => {
    if (error.code !== 'EADDRINUSE') throw error;
    return serve();
  });
  console.log(`\nleadcast is at ${url} (Ctrl+C stops it)`);
});

import { defineConfig } from '@hey-api/openapi-ts';

/** The client of the API as `apps/query` describes it. Written by `nx run admin:generate-api`. */
export default defineConfig({
  input: 'apps/query/openapi.json',
  output: {
    path: 'apps/admin/src/api/generated',
    clean: true,
    tsConfigPath: 'apps/admin/tsconfig.json',
    module: { extension: '.ts' },
  },
  plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
});

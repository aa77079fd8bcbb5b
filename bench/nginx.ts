import { securityHeaders } from '../src/serve/security-headers.ts';

/** One worker in the foreground that serves a folder as fast as it can: open files and sizes are kept. */
export function nginxConfig(site: {
  readonly folder: string;
  readonly root: string;
  readonly port: number;
}): string {
  const { folder, root, port } = site;
  const whole = { ...securityHeaders, Link: `<http://localhost:${port}/t/t1/rss.xml>; rel='self'` };
  // A header without a value is not sent: those of a whole answer are left out of a 304, as the server does.
  const values = Object.values(whole).map(
    (value, at) => `map $status $whole${at} { 304 ""; default "${value}"; }`,
  );
  const headers = Object.keys(whole).map((name, at) => `add_header ${name} $whole${at};`);
  return `daemon off;
master_process off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr error;
events { worker_connections 1024; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000000;
  open_file_cache max=1000;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  types { text/html html; application/rss+xml xml; text/css css; }
  charset utf-8;
  gzip_static on;
  ${values.join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    root ${root};
    add_header Cache-Control "public, max-age=3600";
    add_header Vary "Accept-Encoding, Sec-Fetch-Dest";
    add_header Access-Control-Allow-Origin "*";
    ${headers.join('\n    ')}
  }
}
`;
}

// Texts that run where text is taken for markup, for an address, for a template or for a formula.

const RUN = 'globalThis.canary=1';

export const MARKUP = [
  `<script>${RUN}</script>`, `<img src=x onerror=${RUN}>`, `"><svg onload=${RUN}>`, `'><img src=x onerror=${RUN}>`, `</textarea><script>${RUN}</script>`,
  `</title><script>${RUN}</script>`, `</style><script>${RUN}</script>`, `--><script>${RUN}</script>`, `]]><script>${RUN}</script>`,
  `<iframe srcdoc="<script>parent.canary=1</script>">`, `<iframe src="javascript:parent.canary=1">`, `<object data="javascript:${RUN}">`,
  `<embed src="javascript:${RUN}">`, `<a href="javascript:${RUN}">x</a>`, `<form action="javascript:${RUN}"><button autofocus>`,
  `<input autofocus onfocus=${RUN}>`, `<details open ontoggle=${RUN}>`, `<video><source onerror=${RUN}>`, `<audio src=x onerror=${RUN}>`,
  `<body onload=${RUN}>`, `<math><mi xlink:href="javascript:${RUN}">`, `<svg><script>${RUN}</script></svg>`,
  `<svg><animate onbegin=${RUN} attributeName=x dur=1s>`, `<svg><foreignObject><img src=x onerror=${RUN}>`, `<marquee onstart=${RUN}>`,
  '<link rel=stylesheet href=/canary.css>', "<style>@import '/canary.css'</style>", '<meta http-equiv=refresh content="0;url=/canary">', '<base href=/canary/>',
  `javascript:${RUN}`, `data:text/html,<script>${RUN}</script>`, 'vbscript:msgbox(1)', `" onmouseover="${RUN}`, `' onmouseover='${RUN}`, `\`onmouseover=${RUN}`,
  `{{constructor.constructor('${RUN}')()}}`, `\${${RUN}}`, `<%= ${RUN} %>`, `%3Cscript%3E${RUN}%3C/script%3E`, `&lt;script&gt;${RUN}&lt;/script&gt;`,
  `\\u003cscript\\u003e${RUN}`, 'red;background:url(/canary)',
];

export const FORMULAS = [
  '=HYPERLINK("http://127.0.0.1:9/canary","y")', "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0", '=WEBSERVICE("http://127.0.0.1:9/")',
  '=IMPORTXML("http://127.0.0.1:9/","//a")', '=DDE("cmd";"/C calc";"x")', '\uff1d1+1', '\uff0b1+1', '\uff0d1+1', '\uff20A1', ';=1+2', ',=1+2', '"=1+2"', "'=1+1", "''=1+1", '%0A=1+1',
  '|=1+1',
];

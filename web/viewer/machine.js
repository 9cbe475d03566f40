/** What draws: nothing, the processor (software) or a graphics card. */
export function machine() {
    const gl = ['webgl2', 'webgl'].map((name) => document.createElement('canvas').getContext(name)).find(Boolean);
    if (!gl) return { webgl: false, software: true };
    const info = gl.getExtension('WEBGL_debug_renderer_info');
    const renderer = gl.getParameter(info?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER);
    gl.getExtension('WEBGL_lose_context')?.loseContext();
    return { webgl: true, software: /swiftshader|llvmpipe|softpipe|software|basic render/i.test(renderer) };
}

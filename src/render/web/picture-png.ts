import { fileURLToPath } from 'node:url';
import { Resvg } from '@resvg/resvg-js';

const fontFiles = [
  '@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf',
  '@expo-google-fonts/inter/700Bold/Inter_700Bold.ttf',
].map((file) => fileURLToPath(import.meta.resolve(file)));

/**
 * An SVG as PNG at its own size: the same SVG gives the same bytes, since no font of the machine is looked at. The two
 * fonts are files of the program. About 20 ms for a picture of 1200 by 630. Throws Error on text that is no SVG.
 */
export function paintPng(svg: string): Uint8Array {
  const font = { loadSystemFonts: false, fontFiles, defaultFontFamily: 'Inter' };
  return new Resvg(svg, { font }).render().asPng();
}

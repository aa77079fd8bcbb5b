/** A picture of a newspaper page, 128 pixels wide and high: the pages' `icon.svg` for readers that show no SVG. */
export const iconSize = 128;

/** The picture as a PNG of three colours. */
export function iconPng(): Uint8Array {
  return Uint8Array.from(Buffer.from(png, 'base64'));
}

const png =
  'iVBORw0KGgoAAAANSUhEUgAAAIAAAACAAgMAAAC+UIlYAAAACVBMVEX7+fQbGheKHBx3jig1AAAAPElEQVR42u3UsQkAIAxFwSzpkk5p' +
  'IwiBYKmQuy7wyk8iIBkFgUDwNsCftKjv95COXgH2YA+XPcyjWwDbAh+v24iONYl9AAAAAElFTkSuQmCC';

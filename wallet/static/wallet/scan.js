// Read a code by the camera or from a picture. Where it leads is checked: only to this site.
const found = document.querySelector("[data-found]");
const video = document.querySelector("video");
const start = document.querySelector("[data-start]");
const picture = document.querySelector("input[type=file]");
const typed = document.querySelector("form[data-typed]");
const canvas = document.createElement("canvas");
const PLACES = /^\/(m|g|p)\/[A-Za-z0-9_-]+\/$/;
let detector = null;

function go(text) {
  let address;
  try {
    address = new URL(text.trim(), location.origin);
  } catch {
    return false;
  }
  if (address.origin !== location.origin || !PLACES.test(address.pathname)) {
    found.textContent = found.dataset.strange;
    found.hidden = false;
    return false;
  }
  location.assign(address.pathname);
  return true;
}

async function reader() {
  if (detector) return detector;
  if ("BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
    const native = new BarcodeDetector({ formats: ["qr_code"] });
    detector = async (image) => (await native.detect(image))[0]?.rawValue;
    return detector;
  }
  await new Promise((loaded, failed) => {
    const script = document.createElement("script");
    script.src = found.dataset.decoder;
    script.onload = loaded;
    script.onerror = failed;
    document.head.append(script);
  });
  detector = async (image) => {
    const wide = image.videoWidth || image.width;
    const high = image.videoHeight || image.height;
    const scale = Math.min(1, 1000 / Math.max(wide, high));
    canvas.width = Math.round(wide * scale);
    canvas.height = Math.round(high * scale);
    const drawing = canvas.getContext("2d", { willReadFrequently: true });
    drawing.drawImage(image, 0, 0, canvas.width, canvas.height);
    const pixels = drawing.getImageData(0, 0, canvas.width, canvas.height);
    return jsQR(pixels.data, pixels.width, pixels.height)?.data;
  };
  return detector;
}

async function watch() {
  const read = await reader();
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  video.srcObject = stream;
  video.hidden = false;
  start.hidden = true;
  await video.play();
  const look = async () => {
    const text = video.videoWidth ? await read(video) : "";
    if (text && go(text)) {
      for (const track of stream.getTracks()) track.stop();
    } else {
      setTimeout(look, 200);
    }
  };
  look();
}

if (navigator.mediaDevices?.getUserMedia) {
  start.hidden = false;
  start.addEventListener("click", () =>
    watch().catch(() => {
      found.textContent = found.dataset.closed;
      found.hidden = false;
    }),
  );
}
picture.addEventListener("change", async () => {
  if (!picture.files.length) return;
  const read = await reader();
  const text = await read(await createImageBitmap(picture.files[0]));
  if (!text) {
    found.textContent = found.dataset.nothing;
    found.hidden = false;
  } else go(text);
});
typed.addEventListener("submit", (event) => {
  event.preventDefault();
  go(typed.elements.link.value);
});

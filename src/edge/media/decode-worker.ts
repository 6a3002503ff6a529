// The process that decodes images of strangers: no secrets in its environment, no files, no network of its own. It is killed from
// outside when a picture takes too long, and ends by itself when one takes too much memory.
import { setPriority } from 'node:os'
import sharp from 'sharp'
import { mostPixels, type Rendition, renditionSide } from '../../perception/media/index.ts'
import { type DecodeJob, type DecodeReply, memoryExit } from './protocol.ts'

const mostBytes = Number(process.argv[2]) * 2 ** 20
setPriority(10)
sharp.cache(false)
sharp.concurrency(1)
// Only the four readers that are needed: no SVG, PDF, TIFF or anything else can be reached, whatever the bytes say.
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({
  operation: [
    'VipsForeignLoadPngBuffer',
    'VipsForeignLoadJpegBuffer',
    'VipsForeignLoadWebpBuffer',
    'VipsForeignLoadNsgifBuffer',
  ],
})

/** Decodes upright and whole, and writes the pixels alone: no metadata of the original is in what comes out. */
async function render(bytes: Uint8Array): Promise<Rendition | 'large'> {
  const { width, height, pages = 1, orientation = 1 } = await sharp(bytes, { limitInputPixels: false }).metadata()
  if (width * height > mostPixels) return 'large'
  const { data } = await sharp(bytes, { limitInputPixels: mostPixels, failOn: 'error', sequentialRead: true })
    .autoOrient()
    .resize({ width: renditionSide, height: renditionSide, fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 84, effort: 2 })
    .toBuffer({ resolveWithObject: true })
  const turned = orientation >= 5
  return { bytes: data, width: turned ? height : width, height: turned ? width : height, frames: pages }
}

/** Ends the process when it has taken more than it may. */
function watchMemory(): void {
  if (process.memoryUsage.rss() > mostBytes) process.exit(memoryExit)
}

process.on('message', (job: DecodeJob) => {
  watchMemory()
  render(job.bytes).then(
    (done) => reply(done === 'large' ? { id: job.id, failure: 'large' } : { id: job.id, rendition: done }),
    () => reply({ id: job.id, failure: 'broken' }),
  )
})
process.on('disconnect', () => process.exit(0))
const reply = (answer: DecodeReply) => void process.send?.(answer)

// Pictures are decoded on other threads, so that this one is free to look.
setInterval(watchMemory, 20)

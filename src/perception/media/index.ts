/** What files may be sent, how their type is decided, and what is shown of an image. */
export { type Detected, detectMedia } from './detect.ts'
export {
  type Blobs,
  type Decoded,
  type DecodeFailure,
  type DecodeImage,
  isImage,
  isMediaType,
  type MediaType,
  mediaTypes,
  mostPixels,
  type Rendition,
  renditionSide,
  renditionType,
} from './model.ts'

// SPDX-License-Identifier: Apache-2.0
import { apiStreamId, parseApiBody } from "@tickstream/contracts-types";
import { Router } from "express";
import type { PictureTaker } from "../pictures/picture-taker.ts";
import { ApiFailure } from "./api-failure.ts";

/** Path of a stream's picture: another one for each, so that it can be kept. */
export function picturePath(pictures: PictureTaker | null, stream: string): string | null {
  const picture = pictures?.get(stream);
  return picture ? `/pictures/${stream}/${picture.takenAt.getTime()}.jpg` : null;
}

/** `/pictures`: that of a moment where it is the newest, else the way to that one. */
export function pictureRoutes(pictures: PictureTaker): Router {
  const router = Router();
  router.get("/:id/:name", (request, response) => {
    const id = parseApiBody(apiStreamId, request.params.id);
    const picture = pictures.get(id);
    const path = picturePath(pictures, id);
    if (!picture || path === null) {
      throw new ApiFailure(404, "picture-not-found", "There is no picture of this stream.");
    }
    if (path !== `/pictures/${id}/${request.params.name}`) {
      response.set("cache-control", "no-store").redirect(302, path);
      return;
    }
    response.set("cache-control", "public, max-age=3600, immutable").type("image/jpeg").send(picture.image);
  });
  return router;
}

// SPDX-License-Identifier: Apache-2.0
import { TickstreamError } from "@tickstream/contracts-types";
import type { ErrorRequestHandler, Response } from "express";
import { isDatabaseFailure } from "../database/failures.ts";

/** An answer that is no success, with its HTTP status. */
export class ApiFailure extends TickstreamError {
  override readonly name = "ApiFailure";
  readonly status: number;

  constructor(status: number, code: string, shortMessage: string, details?: string) {
    super(code, shortMessage, details === undefined ? {} : { details });
    this.status = status;
  }
}

/** Statuses of errors that other parts of the node throw. */
const STATUSES: Record<string, number> = {
  "api-body-invalid": 400,
  "address-invalid": 400,
  "stream-exists": 409,
  "too-many-streams": 429,
  "too-many-follows": 429,
  "stream-not-found": 404,
  "timeline-unavailable": 503,
};

function sendFailure(response: Response, status: number, error: TickstreamError): void {
  const { code, shortMessage: message, details } = error;
  response.status(status).json({ error: { code, message, ...(details === undefined ? {} : { details }) } });
}

/** The last handler: every error becomes a typed answer; what nobody expected is logged, and told to nobody. */
export function failureHandler(onFault: (error: unknown) => void): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) return next(error);
    if (error instanceof ApiFailure) return sendFailure(response, error.status, error);
    if (error instanceof TickstreamError) {
      const status = STATUSES[error.code];
      if (status !== undefined) return sendFailure(response, status, error);
    }
    if (isDatabaseFailure(error)) {
      const recovering = new TickstreamError("recovering", "The node is recovering: try again in a moment.");
      return sendFailure(response, 503, recovering);
    }
    // What express and its body parser refuse: too large, no JSON, a bad path.
    const status = httpStatus(error);
    if (status !== null) {
      const refused = new TickstreamError("request-invalid", "The request cannot be read.");
      return sendFailure(response, status, refused);
    }
    onFault(error);
    sendFailure(response, 500, new TickstreamError("internal", "Something went wrong inside the node."));
  };
}

function httpStatus(error: unknown): number | null {
  if (typeof error !== "object" || error === null || !("status" in error)) return null;
  const { status } = error;
  return typeof status === "number" && status >= 400 && status < 500 ? status : null;
}

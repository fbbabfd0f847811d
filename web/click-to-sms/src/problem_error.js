/** @file The one kind of error that is shown to a person. */

/** @typedef {import('../../shared/problems.js').Problem} Problem */

/**
 * Why a message cannot be sent, or nothing be read: a problem of the gateway's, or one of the page's
 * own (`cut`: no answer that can be read, so the gateway might have done what it was asked;
 * `no-token`: the host gave none).
 */
export class ProblemError extends Error {
  /** @param {Problem} problem */
  constructor(problem) {
    super(problem.detail);
    this.problem = problem;
    this.retryAfter = problem.retryAfter;
  }
}

import { problem, type ApiAnswer } from './api-answer.ts';
import type { ApiRequest } from './api-operation.ts';

type Headers = Pick<ApiRequest<unknown, unknown, unknown>, 'header'>;

/**
 * What keeps a change from being made (RFC 9110 section 13.2.2): If-Match, by strong comparison, then If-None-Match. `etag`
 * is that of what there is, undefined for nothing. Undefined when the change may be made.
 */
export function failedPrecondition({ header }: Headers, etag: string | undefined): ApiAnswer | undefined {
  const [match, noneMatch] = [header('If-Match'), header('If-None-Match')];
  if (match !== undefined && !(etag !== undefined && names(match, etag))) {
    const came = etag === undefined ? 'there is none' : 'it has changed';
    return failed(`expected the one with the ETag of If-Match, but ${came}; GET it and decide anew`);
  }
  if (noneMatch !== undefined && etag !== undefined && names(noneMatch.replaceAll('W/', ''), etag)) {
    return failed(
      'expected none as If-None-Match says, but there is one; GET it and change it with If-Match',
    );
  }
  return undefined;
}

/** RFC 6585 section 3: without a condition one client would undo what another just did. */
export function missingPrecondition({ header }: Headers): ApiAnswer | undefined {
  if (header('If-Match') !== undefined || header('If-None-Match') !== undefined) return undefined;
  const detail =
    'expected If-None-Match: * to create, or If-Match with the ETag of a GET to change, got neither; add one';
  return problem(428, 'precondition-required', detail);
}

function failed(detail: string): ApiAnswer {
  return problem(412, 'precondition-failed', detail);
}

/** A weak tag names nothing. */
function names(list: string, etag: string): boolean {
  return list.trim() === '*' || list.split(',').some((tag) => tag.trim() === etag);
}

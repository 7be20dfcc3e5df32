// SPDX-License-Identifier: Apache-2.0
import {
  MAX_TAG_LENGTH,
  MAX_TAGS,
  type StreamCategory,
  type StreamDetail,
  type UpdateStreamRequest,
} from "@tickstream/contracts-types";

/** What a creator says of a stream, as typed. */
export interface DescriptionDraft {
  title: string;
  description: string;
  category: StreamCategory;
  /** Separated by commas. */
  tags: string;
  /** BCP 47; empty for none in particular. */
  language: string;
}

export interface DescriptionProblems {
  title?: "title-missing" | undefined;
  tags?: "tags-invalid" | undefined;
}

export const EMPTY_DESCRIPTION: DescriptionDraft = {
  title: "",
  description: "",
  category: "other",
  tags: "",
  language: "",
};

/** As the node takes it: letters and digits of any script, single hyphens between. */
const TAG = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:-[\p{L}\p{M}\p{N}]+)*$/u;

/** A draft as the node takes it, or what is wrong with it. */
export function readDescription(
  draft: DescriptionDraft,
): { description: Required<UpdateStreamRequest> & { title: string } } | { problems: DescriptionProblems } {
  const title = draft.title.trim();
  const tags = readTags(draft.tags);
  if (title === "" || tags === null) {
    return {
      problems: {
        ...(title === "" && { title: "title-missing" }),
        ...(tags === null && { tags: "tags-invalid" }),
      },
    };
  }
  const { category, language } = draft;
  return {
    description: {
      title,
      description: draft.description.trim(),
      category,
      tags,
      language: language === "" ? null : language,
    },
  };
}

/** Tags as people write them, with `#`, blanks and doubles, as the node keeps them; `null` where that fails. */
function readTags(text: string): string[] | null {
  const words = text
    .split(",")
    .map((word) => word.trim().replace(/^#/, "").replaceAll(/\s+/g, "-").toLowerCase())
    .filter((word) => word !== "");
  const tags = [...new Set(words)];
  const valid = tags.length <= MAX_TAGS && tags.every((tag) => tag.length <= MAX_TAG_LENGTH && TAG.test(tag));
  return valid ? tags : null;
}

/** The draft that says what a stream says now. */
export function descriptionOf(stream: StreamDetail): DescriptionDraft {
  const { title, description, category, tags, language } = stream;
  return { title, description, category, tags: tags.join(", "), language: language ?? "" };
}

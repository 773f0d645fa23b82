import { type ClassValue, clsx } from "clsx";
import { twMerge } from "tailwind-merge";

/** Joins class names; of two that say different things, the later counts. */
export function cn(...classes: ClassValue[]): string {
  return twMerge(clsx(classes));
}

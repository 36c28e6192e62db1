// Types of static/vendor/preact-htm.js: htm, Preact and its hooks in one module.
export * from "preact/hooks";
export { Component, createContext, h, render } from "preact";
import type { VNode } from "preact";
export declare const html: (strings: TemplateStringsArray, ...values: unknown[]) => VNode;

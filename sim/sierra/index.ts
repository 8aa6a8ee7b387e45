export { DOM_COLUMNS, TICK_COLUMNS } from "./layout.ts";
export { SierraStudy, type StudyOptions } from "./study.ts";
export { StudyFailure } from "./study-folder.ts";

internal import Transport

/// vCenter's tasks.
extension Operation {
    /// One task.
    ///
    /// Source: Tasks, Get.
    public static let getTask = Operation(
        "getTask",
        .get,
        "/tasks/{task}",
        in: .cis,
        as: .init("cis.tasks.get", "task", "spec"),
        [.task, .init("spec", .fields(of: "spec"), isOptional: true)],
        returns: .task
    )

    /// Tasks by identifier.
    ///
    /// Source: Tasks, List.
    ///
    /// A GET in both dialects: `/api` of 7.0.2 also had a POST, which later releases dropped.
    public static let listTasks = Operation(
        "listTasks",
        .get,
        "/tasks",
        in: .cis,
        as: .init("cis.tasks.list", "filter_spec"),
        [.init("filter", .fields(of: "filter_spec"), isOptional: true)],
        returns: .map(.task)
    )

    /// Asks a task to stop.
    ///
    /// Source: Tasks, Cancel.
    public static let cancelTask = Operation(
        "cancelTask",
        .post,
        "/tasks/{task}",
        in: .cis,
        action: .named("cancel"),
        as: .init("cis.tasks.cancel", "task"),
        [.task],
        returns: .void,
        effect: .init(needs: [.cancelable])
    )

    static let tasks = [getTask, listTasks, cancelTask]
}

extension Operation.Parameter {
    fileprivate static let task = Self("task", .path)
}

extension Shape {
    fileprivate static let task = Shape.record([
        .required("service", .string), .required("operation", .string),
        .required("status", .string), .required("cancelable", .boolean),
        .required("description", .record([])),
    ])
}

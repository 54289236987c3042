/// Warnings about connections: each is shown once in a run.
final class Warnings {
    private let world: World
    private var shown: Set<String> = []

    init(_ world: World) { self.world = world }

    func show(_ warning: String) {
        if shown.insert(warning).inserted { world.warn(warning) }
    }
}

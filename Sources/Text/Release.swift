/// The release that this source is.
public enum Release {
    /// The version, the same for both programs, their packages and the change log.
    public static let version = "0.2.0"
}

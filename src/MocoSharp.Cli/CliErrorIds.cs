namespace MocoSharp.Cli;

/// <summary>The ids of the tool's own errors: MS6xxx.</summary>
public static class CliErrorIds
{
    /// <summary>The command line is not understood.</summary>
    public const string Usage = "MS6001";

    /// <summary>A file or folder cannot be read or written, or the disk is full.</summary>
    public const string FileSystem = "MS6002";

    /// <summary>The demo's pictures are not installed.</summary>
    public const string NoDemoPictures = "MS6003";

    /// <summary>There is not enough memory.</summary>
    public const string OutOfMemory = "MS6004";

    /// <summary>Standard output cannot be written.</summary>
    public const string OutputFailed = "MS6005";

    /// <summary>A file that would be written is there already.</summary>
    public const string FileExists = "MS6006";

    /// <summary>A mistake in MocoSharp itself.</summary>
    public const string Unexpected = "MS6999";
}

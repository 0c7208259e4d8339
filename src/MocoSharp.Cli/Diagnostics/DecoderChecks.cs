using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Cli.Diagnostics;

/// <summary>Looks for the libraries that read pictures.</summary>
internal static class DecoderChecks
{
    internal static IEnumerable<Finding> Run() => Decoders.All.Select(static decoder =>
        decoder.IsInstalled ? new Finding(decoder.Format, Verdict.Good, LoadedLibraries.Find(decoder.Library) ?? decoder.Library)
            : new Finding(decoder.Format, Verdict.Bad,
            $"the library {decoder.Library} is not installed: {decoder.Format} pictures cannot be read", $"apt install {decoder.Package}"));
}

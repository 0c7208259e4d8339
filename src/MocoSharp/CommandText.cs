using System.Text.RegularExpressions;

namespace MocoSharp;

/// <summary>Paths in commands that people paste into a shell.</summary>
public static partial class CommandText
{
    /// <summary>A path as one word of a POSIX shell: as it is where that is safe, in single quotes elsewhere.</summary>
    public static string Quoted(string path) => Safe().IsMatch(path) ? path : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"^[A-Za-z0-9_./:=@%+,][A-Za-z0-9_./:=@%+,\-]*$")]
    private static partial Regex Safe();
}

using Spectre.Console;

namespace MocoSharp.Cli.Output;

/// <summary>The last line of a terminal, written again and again. Does nothing where output is piped.</summary>
internal sealed class LiveLine(IAnsiConsole console, TimeProvider time)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);
    private readonly bool _live = Terminal.IsLive(console);
    private long _shown;
    private bool _isThere;

    /// <summary>Shows a line in place of the last one; at most ten a second, so <paramref name="segments"/> may be asked often.</summary>
    /// <param name="segments">Parts of the line, the most important first; those that do not fit are left out.</param>
    /// <param name="now">Shows it whatever was shown a moment ago.</param>
    internal void Show(Func<IEnumerable<string>> segments, bool now = false)
    {
        if (!_live || !now && _isThere && time.GetElapsedTime(_shown) is var since && since >= TimeSpan.Zero && since < s_pause) return;       // below 0 where the clock was set back
        _shown = time.GetTimestamp();
        string line = "";
        foreach (string segment in segments())
        {
            string longer = line.Length == 0 ? segment : $"{line}  {segment}";
            if (longer.Length >= console.Profile.Width) break;
            line = longer;
        }
        Clear();
        console.Profile.Out.Writer.Write(line);
        console.Profile.Out.Writer.Flush();
        _isThere = true;
    }

    /// <summary>Takes the line away, so that a lasting one can be written.</summary>
    internal void Clear()
    {
        if (_isThere) console.Profile.Out.Writer.Write("\r\u001b[2K");
        _isThere = false;
    }
}

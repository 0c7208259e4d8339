using Spectre.Console;

namespace MocoSharp.Cli.Output;

/// <summary>The last line of a terminal, written again and again. Where output is piped, a lasting line a minute.</summary>
internal sealed class LiveLine(IAnsiConsole console, TimeProvider time)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100), s_minute = TimeSpan.FromMinutes(1);
    private readonly long _begun = time.GetTimestamp();
    private int _minutes;
    private readonly bool _live = Terminal.IsLive(console);
    private long _shown;
    private bool _isThere;

    /// <summary>Shows a line in place of the last one; at most ten a second, so <paramref name="segments"/> may be asked often.</summary>
    /// <param name="segments">Parts of the line, the most important first; those that do not fit are left out.</param>
    /// <param name="now">Shows it whatever was shown a moment ago.</param>
    internal void Show(Func<IEnumerable<string>> segments, bool now = false)
    {
        if (!_live) Last(segments);
        // below 0 where the clock was set back
        if (!_live || !now && _isThere && time.GetElapsedTime(_shown) is var since && since >= TimeSpan.Zero && since < s_pause) return;
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

    private void Last(Func<IEnumerable<string>> segments)
    {
        if ((int)(time.GetElapsedTime(_begun) / s_minute) is var minutes && minutes <= _minutes) return;
        _minutes = minutes;
        console.Profile.Out.Writer.WriteLine(string.Join("  ", segments()));
        console.Profile.Out.Writer.Flush();
    }

    /// <summary>Takes the line away, so that a lasting one can be written.</summary>
    internal void Clear()
    {
        if (_isThere) console.Profile.Out.Writer.Write("\r\u001b[2K");
        _isThere = false;
    }
}

using System.Globalization;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Recipes;

namespace MocoSharp.Runs;

/// <summary>What people should know of how their files are read, told by a look at some of them.</summary>
public static class ReadingNotes
{
    private const int Dark = 4;

    /// <summary>A sentence each: of dark 16-bit samples, of bands, pages and frames that are not read.</summary>
    /// <param name="pictures">The pictures; up to some hundred are looked at.</param>
    /// <param name="settings">How they are read.</param>
    public static IEnumerable<string> Of(IImageSource pictures, DataSettings settings)
    {
        if (settings.Modalities.Count > 0) yield break;
        DecodeRequest request = settings.Request();
        FileTraits traits = FileTraits.Of(pictures, request);
        bool isSpread = request.Range is not null || request.Bands is { Ranges.Count: > 0 };
        if (!isSpread && traits is { IsOfSixteenBits: true, Ranges: [_, ..] ranges }
            && ranges.Max(static range => range.High) is var high && high * Dark <= ushort.MaxValue)
            yield return string.Create(CultureInfo.InvariantCulture,
                $"16-bit pictures use samples up to {high:N0} of {ushort.MaxValue:N0}, so that they are learned from nearly black: ")
                + string.Create(CultureInfo.InvariantCulture,
                    $"--set data.range=[{ranges.Min(static range => range.Low):0},{high:0}] spreads them");
        if (traits.Bands is { } more)
        {
            IEnumerable<string> others = Enumerable.Range(4, Math.Max(0, more.Count - 3)).Select(static number => $"band{number}");
            yield return $"{more.Name} has {more.Count} bands, of which those that are color are learned from: --set "
                + $"data.channels=[{string.Join(',', (string[])["red", "green", "blue", .. others])}] --set encoder.channels={more.Count} "
                + "--set views.0.normalize=half takes all";
        }
        if (traits.Pages is { } several)
            yield return $"{several.Name} has {several.Count:N0} pages or frames, of which the first is learned from: save the others as "
                + "files of their own to have them too";
        if (request.Bands is not null && request.Channels is not (1 or 3))
            yield return $"pictures have {request.Channels} channels: saturation, hue and grayscale leave them as they are";
    }
}

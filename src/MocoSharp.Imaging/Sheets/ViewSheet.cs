using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Imaging.Sheets;

/// <summary>One picture that shows what a model sees: a row for each sample, the original first, then draws of each view side by
/// side.</summary>
public static class ViewSheet
{
    /// <summary>Makes the sheet.</summary>
    /// <param name="source">The samples are spread evenly over it, from a place that the seed chooses; unreadable pictures are passed
    /// over.</param>
    /// <param name="views">How views are made.</param>
    /// <param name="request">How pictures are read.</param>
    /// <param name="options">How many, and how large.</param>
    /// <param name="passedOver">Told of each unreadable picture.</param>
    /// <returns>An RGB picture.</returns>
    /// <exception cref="ImagingException">MS3203: no picture can be read. MS3105, MS3106: the views do not fit the pictures.</exception>
    public static Image Render(IImageSource source, ViewRecipe views, DecodeRequest request, ViewSheetOptions? options = null,
        Action<BadImageException>? passedOver = null)
    {
        options ??= new ViewSheetOptions();
        List<(int Index, Image Image)> samples = Samples(source, views, request, options, passedOver);
        int drawsOfView = options.Draws ?? ViewSheetOptions.DrawsOf(views.Count);
        int[] sides = Sides(views, request.Channels, options.Tile);
        SheetLayout layout = new(samples.Count, views.Count, drawsOfView, options.Tile);
        Image sheet = layout.Blank();
        Canvas canvas = new();
        for (int row = 0; row < samples.Count; row++)
        {
            (int index, Image image) = samples[row];
            layout.Place(sheet, Thumbnail.Of(VisibleChannels.Of(image, request.Bands), options.Tile, canvas), row, column: 0);
            for (int view = 0; view < views.Count; view++)
                for (int draw = 0; draw < drawsOfView; draw++)
                {
                    ViewDraws draws = views.Draws(options.Seed, draw, index, view);
                    Image seen = Seen(views.Views[view], image, ref draws, canvas, request.Bands);
                    layout.Place(sheet, Thumbnail.Of(seen, sides[view], canvas), row, column: 1 + view * drawsOfView + draw);
                }
        }
        return sheet;
    }

    /// <summary>Each view's side on the sheet: local crops look as much smaller as they are.</summary>
    private static int[] Sides(ViewRecipe views, int channels, int tile)
    {
        int[] pixels = [.. views.Views.Select(view => view.Output(channels)).Select(static size => Math.Max(size.Width, size.Height))];
        return [.. pixels.Select(side => Math.Max(1, tile * side / pixels.Max()))];
    }

    /// <summary>One view with its normalization undone.</summary>
    private static Image Seen(ViewPipeline view, Image image, ref ViewDraws draws, Canvas canvas, BandSelection? bands)
    {
        ImageSize size = view.Output(image.Channels);
        float[] values = new float[size.Samples];
        view.Render(image, ref draws, canvas, values);
        if (view.Partner > 0 && image.Partners[view.Partner - 1] is { Colors.Count: > 0 } classes)
            return ClassColors.Paint(classes.Colors, values, size, view.Stats);
        Image picture = new(size.Width, size.Height, size.Channels);
        for (int at = 0; at < values.Length; at++)
            picture.Samples[at] = PixelValue.ToByte(Plain(values[at], view.Stats, at % size.Channels));
        return VisibleChannels.Of(picture, bands);
    }

    private static float Plain(float value, ChannelStats stats, int channel)
    {
        int at = stats.Mean.Count == 1 ? 0 : channel;
        return value * stats.Deviation[at] + stats.Mean[at];
    }

    private static List<(int Index, Image Image)> Samples(IImageSource source, ViewRecipe views, DecodeRequest request,
        ViewSheetOptions options,
        Action<BadImageException>? passedOver)
    {
        List<(int, Image)> samples = [];
        Rng rng = Rng.For(options.Seed);
        int start = rng.NextInt32(source.Count), wanted = Math.Min(options.Count, source.Count);
        BadImageException? bad = null;
        Canvas canvas = new();
        // A stride that shares no factor with the count visits every picture once.
        int stride = Math.Max(1, source.Count / wanted);
        while (Gcd(stride, source.Count) != 1) stride++;
        for (int i = 0; i < source.Count && samples.Count < wanted; i++)
        {
            int index = (int)((start + (long)i * stride) % source.Count);
            try
            {
                Image image = source.Load(index, request);
                foreach (ViewPipeline view in views.Views)
                {
                    ViewDraws draws = views.Draws(options.Seed, epoch: 0, index, view: 0);
                    _ = Seen(view, image, ref draws, canvas, request.Bands);
                }
                samples.Add((index, image));
            }
            catch (ImagingException error) when (error.Id == ErrorIds.TooSmallToCrop)
            {
                bad = new BadImageException(error.Id, error.Message, source.Name(index), error.Fix, error);
                passedOver?.Invoke(bad);
            }
            catch (BadImageException error)
            {
                bad = error;
                passedOver?.Invoke(error);
            }
        }
        return samples.Count > 0 ? samples
            : throw new ImagingException(ErrorIds.TooManyBadPictures, $"none of the {source.Count} pictures can be read: {bad!.Message}",
            at: bad.At ?? source.Name(0),
            fix: bad.Fix ?? "look at the named file; if other programs open it, its format is one that is not supported here", inner: bad);
    }

    private static int Gcd(int a, int b) => b == 0 ? a : Gcd(b, a % b);
}

/// <summary>How many samples a sheet shows, and how.</summary>
/// <param name="Count">Rows, 1 or more.</param>
/// <param name="Draws">Draws of each view, 1 or more; null for <see cref="DrawsOf"/>.</param>
/// <param name="Tile">Side of a picture on the sheet, in pixels; views that are smaller than others have less.</param>
/// <param name="Seed">Chooses the samples and the views' randomness.</param>
public sealed record ViewSheetOptions(int Count = 8, int? Draws = null, int Tile = 112, ulong Seed = 1)
{
    private const int Most = 4, Columns = 8;

    /// <summary>Draws of each of so many views: 4 of one or two, fewer of more, so that the sheet does not grow wide.</summary>
    /// <param name="views">Views a sample.</param>
    public static int DrawsOf(int views) => Math.Clamp(Columns / views, 1, Most);
}

using System.Globalization;
using MocoSharp.Embeddings;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Sheets;

namespace MocoSharp;

/// <summary>Shows the groups of a search for duplicates.</summary>
public static class DuplicateGallery
{
    /// <summary>Groups that are shown at most, the largest first.</summary>
    public const int MostGroups = 500;

    /// <summary>Pictures of a group that are shown at most.</summary>
    public const int MostPictures = 12;

    /// <summary>A page that needs no other file: each group's pictures with their names, classes and sizes, and what sets them
    /// apart.</summary>
    /// <param name="result">What was found.</param>
    /// <exception cref="ImagingException">A data set cannot be opened any more.</exception>
    public static string Html(DuplicatesResult result)
    {
        GalleryPage page = new("Duplicates");
        page.Heading(1, string.Create(CultureInfo.InvariantCulture, $"{result.Groups.Count:N0} groups of the same picture"));
        if (result.Groups.Count > MostGroups) page.Paragraph($"The {MostGroups} largest are shown.");
        using Sets sets = new(result);
        foreach (DuplicateGroup group in result.Groups.Take(MostGroups)) Append(page, group, sets);
        return page.End();
    }

    /// <summary>A row for each group.</summary>
    /// <param name="result">What was found: one group or more.</param>
    /// <exception cref="ImagingException">A data set cannot be opened any more.</exception>
    public static Image Sheet(DuplicatesResult result)
    {
        using Sets sets = new(result);
        return ContactSheet.Render([.. result.Groups.Take(MostGroups).Select(group => group.Pictures.Take(MostPictures)
            .Select(sets.Load).ToArray())]);
    }

    private static void Append(GalleryPage page, DuplicateGroup group, Sets sets)
    {
        page.BeginSection();
        foreach (DuplicatePicture picture in group.Pictures.Take(MostPictures))
        {
            string other = picture.IsAgainst ? " (other set)" : "", label = picture.Label is null ? "" : $", {picture.Label}";
            page.Figure(sets.Load(picture), $"{picture.Name}{other}",
                string.Create(CultureInfo.InvariantCulture, $"{picture.Width} x {picture.Height}{label}"));
        }
        if (group.Pictures.Count > MostPictures)
            page.Paragraph(string.Create(CultureInfo.InvariantCulture, $"and {group.Pictures.Count - MostPictures:N0} more"));
        page.Table(group.Pairs.Where(static pair => pair.Second < MostPictures).Select(pair => Row(pair, group)));
        page.EndSection();
    }

    private static string[] Row(DuplicatePair pair, DuplicateGroup group) =>
    [
        group.Pictures[pair.First].Name, group.Pictures[pair.Second].Name, pair.Why,
        string.Create(CultureInfo.InvariantCulture, $"cosine {pair.Similarity:0.0000}"),
        string.Create(CultureInfo.InvariantCulture, $"pixels {pair.Correlation:0.0000}"),
    ];
    /// <summary>The pictures of both sets by their names.</summary>
    private sealed class Sets : IDisposable
    {
        private readonly List<NamedPictures> _sets = [];

        internal Sets(DuplicatesResult result)
        {
            if (result.Groups.Count == 0) return;
            foreach ((int set, EmbeddedSet one) in new[] { result.Set, result.Against }.OfType<EmbeddedSet>().Index())
                _sets.Add(new NamedPictures(one.Data, one.Embeddings, [.. result.Groups.SelectMany(static group => group.Pictures)
                    .Where(picture => picture.IsAgainst == (set == 1)).Select(static picture => picture.Name)]));
        }

        /// <summary>Null where the picture is gone since.</summary>
        internal Image? Load(DuplicatePicture picture)
        {
            NamedPictures set = _sets[picture.IsAgainst ? 1 : 0];
            try
            {
                return set.Find(picture.Name) is >= 0 and int place
                    ? set.Source.Load(place, new DecodeRequest(ShorterSide: ContactSheet.DefaultTile)) : null;
            }
            catch (BadImageException)
            {
                return null;
            }
        }

        public void Dispose()
        {
            foreach (NamedPictures set in _sets) set.Dispose();
        }
    }
}

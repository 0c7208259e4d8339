using System.Globalization;
using System.Net;
using System.Text;
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

    private const int Quality = 80;

    /// <summary>A page that needs no other file: each group's pictures with their names, classes and sizes, and what sets them
    /// apart.</summary>
    /// <param name="result">What was found.</param>
    /// <exception cref="ImagingException">A data set cannot be opened any more.</exception>
    public static string Html(DuplicatesResult result)
    {
        StringBuilder page = new("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Duplicates</title><style>\n"
            + "body{font:14px sans-serif;margin:2em}section{border-top:1px solid #ccc;padding:1em 0}"
            + "figure{display:inline-block;margin:0 1em 1em 0;vertical-align:top;max-width:14em;overflow-wrap:anywhere}"
            + "td{padding:0 1em 0 0}</style></head><body>\n");
        page.Append(CultureInfo.InvariantCulture, $"<h1>{result.Groups.Count:N0} groups of the same picture</h1>\n");
        if (result.Groups.Count > MostGroups) page.Append(CultureInfo.InvariantCulture, $"<p>The {MostGroups} largest are shown.</p>\n");
        using Sets sets = new(result);
        foreach (DuplicateGroup group in result.Groups.Take(MostGroups)) Append(page, group, sets);
        return page.Append("</body></html>\n").ToString();
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

    private static void Append(StringBuilder page, DuplicateGroup group, Sets sets)
    {
        page.Append("<section>\n");
        foreach (DuplicatePicture picture in group.Pictures.Take(MostPictures))
        {
            page.Append("<figure>");
            if (sets.Load(picture) is { } image)
                page.Append("<img alt=\"\" src=\"data:image/jpeg;base64,").Append(Convert.ToBase64String(ImageEncoder.Jpeg(
                    Thumbnail.Of(image, ContactSheet.DefaultTile), Quality))).Append("\">");
            string other = picture.IsAgainst ? " (other set)" : "", label = picture.Label is null ? "" : $", {picture.Label}";
            page.Append("<figcaption>").Append(WebUtility.HtmlEncode($"{picture.Name}{other}")).Append("<br>")
                .Append(WebUtility.HtmlEncode($"{picture.Width} x {picture.Height}{label}")).Append("</figcaption></figure>\n");
        }
        if (group.Pictures.Count > MostPictures)
            page.Append(CultureInfo.InvariantCulture, $"<p>and {group.Pictures.Count - MostPictures:N0} more</p>\n");
        page.Append("<table>\n");
        foreach (DuplicatePair pair in group.Pairs.Where(static pair => pair.Second < MostPictures))
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{WebUtility.HtmlEncode(group.Pictures[pair.First].Name)}</td>")
                .Append(CultureInfo.InvariantCulture, $"<td>{WebUtility.HtmlEncode(group.Pictures[pair.Second].Name)}</td>")
                .Append(CultureInfo.InvariantCulture, $"<td>{pair.Why}</td><td>cosine {pair.Similarity:0.0000}</td>")
                .Append(CultureInfo.InvariantCulture, $"<td>pixels {pair.Correlation:0.0000}</td></tr>\n");
        page.Append("</table></section>\n");
    }

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

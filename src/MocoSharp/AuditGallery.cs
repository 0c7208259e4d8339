using System.Globalization;
using MocoSharp.Auditing;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Sheets;

namespace MocoSharp;

/// <summary>Shows what an audit found.</summary>
public static class AuditGallery
{
    /// <summary>Findings of a kind that are shown at most, the oddest first.</summary>
    public const int MostOfAKind = 60;

    /// <summary>A page that needs no other file: a section for each kind, with the pictures, what was measured and the limit.</summary>
    /// <param name="result">What was found.</param>
    /// <exception cref="ImagingException">A data set cannot be opened any more.</exception>
    public static string Html(AuditResult result)
    {
        GalleryPage page = new("Audit");
        page.Heading(1, string.Create(CultureInfo.InvariantCulture,
            $"{result.Findings.Count:N0} {(result.Findings.Count == 1 ? "finding" : "findings")} in {result.Set.Data}"));
        foreach (NotAudited left in result.NotAudited) page.Paragraph($"Not looked at: {string.Join("; ", left.How.Prepend(left.What))}");
        using Sets sets = new(result);
        foreach (IGrouping<AuditKind, AuditFinding> kind in result.Findings.GroupBy(static one => one.Kind)) Append(page, kind, sets);
        return page.End();
    }

    private static void Append(GalleryPage page, IGrouping<AuditKind, AuditFinding> kind, Sets sets)
    {
        page.BeginSection();
        page.Heading(2, string.Create(CultureInfo.InvariantCulture, $"{AuditKinds.Name(kind.Key)}: {kind.Count():N0}"));
        if (AuditKinds.Measure(kind.Key) is { Length: > 0 } measure) page.Paragraph(measure);
        if (kind.Count() > MostOfAKind) page.Paragraph($"The first {MostOfAKind} are shown.");
        foreach (AuditFinding finding in kind.Take(MostOfAKind))
        {
            page.Figure(finding.Picture is { } name ? sets.Load(name, isAgainst: false) : null, Lines(finding));
            foreach (AuditOther other in finding.Others)
                page.Figure(sets.Load(other.Name, other.IsAgainst),
                    Told(other.Name, other.Label) + (other.IsAgainst ? " (other set)" : ""));
            if (finding.Others.Count > 0) page.Break();
        }
        page.EndSection();
    }

    private static IEnumerable<string> Lines(AuditFinding finding)
    {
        yield return finding.Picture is { } name ? Told(name, finding.Label) : finding.Label!;
        if (finding is { Value: { } value, Limit: { } limit })
            yield return $"{AuditKinds.Text(value)}, limit {AuditKinds.Text(limit)} ({finding.LimitFrom})";
        if (finding.Note.Length > 0) yield return finding.Note;
    }

    private static string Told(string name, string? label) => label is null ? name : $"{name}, {label}";

    /// <summary>The pictures of both sets by their names.</summary>
    private sealed class Sets : IDisposable
    {
        private readonly AuditedData _set;
        private readonly AuditedData? _against;
        private readonly Dictionary<string, int> _places, _againstPlaces;

        internal Sets(AuditResult result)
        {
            _set = AuditedData.Open(result.Set with { Embeddings = null });
            _against = result.Against is { } against ? AuditedData.Open(against with { Embeddings = null }) : null;
            (_places, _againstPlaces) = (Places(_set), Places(_against));
        }

        /// <summary>Null where the picture cannot be read, or is gone since.</summary>
        internal Image? Load(string name, bool isAgainst)
        {
            if (!(isAgainst ? _againstPlaces : _places).TryGetValue(name, out int place)) return null;
            try
            {
                return (isAgainst ? _against! : _set).Source.Load(place, new DecodeRequest(ShorterSide: ContactSheet.DefaultTile));
            }
            catch (BadImageException)
            {
                return null;
            }
        }

        public void Dispose()
        {
            _set.Dispose();
            _against?.Dispose();
        }

        private static Dictionary<string, int> Places(AuditedData? data)
        {
            Dictionary<string, int> places = [];
            for (int i = 0; i < (data?.Source.Count ?? 0); i++) places.TryAdd(data!.Source.Name(i), i);
            return places;
        }
    }
}

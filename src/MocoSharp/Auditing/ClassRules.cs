using System.Globalization;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Auditing;

/// <summary>What is odd about the numbers of pictures of the classes.</summary>
internal static class ClassRules
{
    /// <summary>Counts the readable pictures of each class.</summary>
    /// <param name="source">All pictures: its classes.</param>
    /// <param name="pictures">Those that can be read.</param>
    /// <param name="isTest">Whether a picture is one to test on, by its place.</param>
    internal static IReadOnlyList<AuditClass> Count(IImageSource source, IReadOnlyList<AuditedPicture> pictures, Func<int, bool> isTest)
    {
        ILookup<string?, AuditedPicture> byLabel = pictures.ToLookup(static one => one.Label);
        return [.. source.Classes.Select(name => new AuditClass(name, byLabel[name].Count(one => !isTest(one.Index)),
            byLabel[name].Count(one => isTest(one.Index))))];
    }

    /// <summary>All findings, the smallest class first; none where nothing to learn from is labeled.</summary>
    internal static IEnumerable<AuditFinding> Of(IReadOnlyList<AuditClass> classes, AuditOptions options)
    {
        AuditClass[] full = [.. classes.Where(static one => one.Pictures > 0)];
        if (full.Length == 0) yield break;
        foreach (AuditClass small in classes.Where(one => one.Pictures < options.Few).OrderBy(static one => one.Pictures))
            yield return new AuditFinding(AuditKind.SmallClass, null, small.Name, small.Pictures, options.Few, AuditLimit.IsFixed, "", []);
        AuditClass most = full.MaxBy(static one => one.Pictures)!, least = full.MinBy(static one => one.Pictures)!;
        if (most.Pictures <= AuditOptions.MostImbalance * least.Pictures) yield break;
        yield return new AuditFinding(AuditKind.Imbalance, null, most.Name, (double)most.Pictures / least.Pictures,
            AuditOptions.MostImbalance, AuditLimit.IsFixed, string.Create(CultureInfo.InvariantCulture,
            $"{most.Name} has {most.Pictures:N0}, {least.Name} {least.Pictures:N0}"), []);
    }
}

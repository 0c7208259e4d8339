using System.Runtime.CompilerServices;
using MocoSharp.Studio.Pictures;

namespace MocoSharp.Studio.Labeling;

/// <summary>The book of labels of each open collection: as long as the collection is open, what was done can be undone.</summary>
internal sealed class LabelBooks
{
    private readonly ConditionalWeakTable<Collection, LabelBook> _books = [];

    /// <exception cref="Imaging.ImagingException">The file of labels cannot be read.</exception>
    internal LabelBook Of(Collection collection) => _books.GetValue(collection, static one => new LabelBook(one));
}

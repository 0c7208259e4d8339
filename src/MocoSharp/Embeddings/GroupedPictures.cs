namespace MocoSharp.Embeddings;

/// <summary>Pictures that are all the same.</summary>
/// <param name="Members">Their places, in rising order.</param>
/// <param name="Pairs">The pairs that are told of, as places among the members.</param>
internal sealed record PictureGroup(IReadOnlyList<int> Members, IReadOnlyList<(int First, int Second)> Pairs);

/// <summary>Groups in which every pair is the same picture: no chains, in which the ends differ.</summary>
internal sealed class GroupedPictures
{
    private GroupedPictures()
    {
    }

    /// <summary>The largest first, then by their first picture.</summary>
    internal IReadOnlyList<PictureGroup> Groups { get; private init; } = [];

    /// <summary>Confirmed pairs whose pictures are in different groups.</summary>
    internal int Between { get; private init; }

    /// <summary>Joins pairs, the most alike first, as long as all of one group are the same as all of the other.</summary>
    /// <param name="pictures">The pictures.</param>
    /// <param name="confirmed">Which pairs are the same.</param>
    /// <param name="isAcross">Whether only groups with pictures of both sets are wanted.</param>
    internal static GroupedPictures Of(SketchedPictures pictures, ConfirmedPairs confirmed, bool isAcross)
    {
        Dictionary<int, List<int>> groups = [];
        List<int> Of(int place) => groups.TryGetValue(place, out List<int>? group) ? group : groups[place] = [place];
        foreach ((int first, int second) in confirmed.Pairs)
        {
            List<int> one = Of(first), other = Of(second);
            if (one == other || one.Any(a => other.Any(b => !confirmed.AreSame(a, b)))) continue;
            one.AddRange(other);
            foreach (int member in other) groups[member] = one;
        }
        int between = confirmed.Pairs.Count(pair => groups[pair.First] != groups[pair.Second]);
        ILookup<int, int> copies = Enumerable.Range(0, pictures.Count).Where(place => pictures.First(place) != place)
            .ToLookup(pictures.First);
        foreach (IGrouping<int, int> copied in copies) Of(copied.Key);
        PictureGroup[] all = [.. groups.Values.Distinct().Select(group => WithCopies(group, copies)).Where(group => group.Members.Count > 1
            && (!isAcross || group.Members.Select(member => pictures[member].Set).Distinct().Count() > 1))];
        return new GroupedPictures
        {
            Groups = [.. all.OrderByDescending(static group => group.Members.Count).ThenBy(static group => group.Members[0])],
            Between = between,
        };
    }

    private static PictureGroup WithCopies(List<int> firsts, ILookup<int, int> copies)
    {
        List<int> members = [.. firsts.Concat(firsts.SelectMany(first => copies[first])).Order()];
        List<(int, int)> pairs = [];
        foreach ((int place, int first) in firsts.Index())
        {
            foreach (int other in firsts.Skip(place + 1)) Add(first, other);
            foreach (int copy in copies[first]) Add(first, copy);
        }
        return new PictureGroup(members, [.. pairs.Order()]);

        void Add(int one, int other)
        {
            int a = members.BinarySearch(one), b = members.BinarySearch(other);
            pairs.Add((Math.Min(a, b), Math.Max(a, b)));
        }
    }
}

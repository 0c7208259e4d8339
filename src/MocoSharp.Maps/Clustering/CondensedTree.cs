namespace MocoSharp.Maps.Clustering;

/// <summary>The single-linkage tree with all splits left out that only shed few points: what is left are clusters that part in two. Density
/// is 1 / distance.</summary>
internal sealed class CondensedTree
{
    private const int Root = 0;
    private readonly List<int> _parents = [-1];           // of each cluster
    private readonly List<double> _births = [0];          // the density at which it parts from its parent
    private readonly List<double> _deaths = [0];          // the greatest density at which something leaves it or it parts
    private readonly List<double> _stabilities = [0];
    private readonly int[] _clusters;                     // of each point: the one that it falls out of

    private CondensedTree(int count) => (_clusters, Left) = (new int[count], new double[count]);

    /// <summary>[N] the density at which each point leaves its cluster.</summary>
    internal double[] Left { get; }

    internal static CondensedTree Of(Merge[] merges, int count, int minimum)
    {
        CondensedTree tree = new(count);
        Stack<(int Group, int Cluster)> open = new([(2 * count - 2, Root)]);
        Stack<int> inside = new();
        while (open.TryPop(out (int Group, int Cluster) at))
        {
            Merge merge = merges[at.Group - count];
            double density = merge.Distance > 0 ? 1 / (double)merge.Distance : double.PositiveInfinity;
            bool isFirst = Merges.Size(merges, merge.First, count) >= minimum,
                isSecond = Merges.Size(merges, merge.Second, count) >= minimum;
            bool isSplit = isFirst && isSecond;
            Follow(merge.First, isFirst);
            Follow(merge.Second, isSecond);

            void Follow(int group, bool isLarge)
            {
                if (isLarge) open.Push((group, isSplit ? tree.Part(at.Cluster, density, Merges.Size(merges, group, count)) : at.Cluster));
                else tree.Drop(group, at.Cluster, density, merges, inside);
            }
        }
        return tree;
    }

    /// <summary>The clusters that hold more together than their parts do, never the root; by number.</summary>
    internal int[] MostStable()
    {
        bool[] isChosen = new bool[_parents.Count];
        bool[] hasParts = new bool[_parents.Count];
        double[] below = new double[_parents.Count];
        for (int cluster = 1; cluster < _parents.Count; cluster++) hasParts[_parents[cluster]] = true;
        for (int cluster = _parents.Count - 1; cluster > Root; cluster--)       // parts have higher numbers
        {
            isChosen[cluster] = !hasParts[cluster] || _stabilities[cluster] >= below[cluster];
            below[_parents[cluster]] += Math.Max(_stabilities[cluster], below[cluster]);
        }
        bool[] isInside = new bool[_parents.Count];
        for (int cluster = 1; cluster < _parents.Count; cluster++)
        {
            isInside[cluster] = isInside[_parents[cluster]] || isChosen[_parents[cluster]];
            if (isInside[cluster]) isChosen[cluster] = false;
        }
        return [.. Enumerable.Range(0, _parents.Count).Where(cluster => isChosen[cluster])];
    }

    /// <summary>[N] the place among the chosen clusters of each point's one, or −1.</summary>
    internal int[] Assign(int[] chosen)
    {
        int[] places = new int[_parents.Count];
        places[Root] = -1;
        for (int cluster = 1; cluster < places.Length; cluster++)
        {
            int place = Array.BinarySearch(chosen, cluster);
            places[cluster] = place >= 0 ? place : places[_parents[cluster]];
        }
        return [.. _clusters.Select(cluster => places[cluster])];
    }

    /// <summary>How firmly a point belongs to a cluster that it or its parts hold: the share of the cluster's densities that it stays
    /// for.</summary>
    internal double Probability(int point, int cluster) => _deaths[cluster] == 0 || double.IsInfinity(Left[point]) ? 1
        : Math.Min(Left[point], _deaths[cluster]) / _deaths[cluster];

    private int Part(int parent, double density, int size)
    {
        Gain(parent, density, size);
        _parents.Add(parent);
        _births.Add(density);
        _deaths.Add(0);
        _stabilities.Add(0);
        return _parents.Count - 1;
    }

    private void Drop(int group, int cluster, double density, Merge[] merges, Stack<int> inside)
    {
        inside.Push(group);
        while (inside.TryPop(out int one))
        {
            if (one >= _clusters.Length)
            {
                inside.Push(merges[one - _clusters.Length].First);
                inside.Push(merges[one - _clusters.Length].Second);
                continue;
            }
            (_clusters[one], Left[one]) = (cluster, density);
            Gain(cluster, density, 1);
        }
    }

    private void Gain(int cluster, double density, int size)
    {
        _deaths[cluster] = Math.Max(_deaths[cluster], density);
        if (density > _births[cluster]) _stabilities[cluster] += (density - _births[cluster]) * size;
    }
}

namespace MocoSharp.Maps.Tests.Clustering;

/// <summary>The paper's clusters by plain means: at each density the parts of the graph of mutual reachability are counted anew.</summary>
internal sealed class NaiveHdbscan(PointSet points, int minimum, int samples)
{
    private readonly double[,] _reach = Reach(points, samples);

    /// <summary>The chosen clusters below the root and each member's probability.</summary>
    internal List<Dictionary<int, double>> Clusters()
    {
        Node root = Grow([.. Enumerable.Range(0, points.Count)], 0);
        return [.. root.Parts.SelectMany(static part => part.Choose())];
    }

    private Node Grow(List<int> members, double birth)
    {
        Node node = new() { Birth = birth };
        while (members.Count > 0)
        {
            double longest = Longest(members);
            List<List<int>> parts = Parts(members, longest);
            List<List<int>> large = [.. parts.Where(part => part.Count >= minimum)];
            double density = 1 / longest;
            foreach (int point in parts.Except(large).SelectMany(static part => part)) node.Left[point] = density;
            if (large.Count > 1)
            {
                node.Parts = [.. large.Select(part => Grow(part, density))];
                node.Stability += large.Sum(static part => part.Count) * (density - birth);
                node.Death = density;
            }
            members = large.Count == 1 ? large[0] : [];
        }
        node.Stability += node.Left.Values.Sum(left => left - birth);
        node.Death = Math.Max(node.Death, node.Left.Count == 0 ? 0 : node.Left.Values.Max());
        return node;
    }

    // The least distance at which the members are all joined.
    private double Longest(List<int> members) => members.SelectMany(a => members.Where(b => b != a).Select(b => _reach[a, b])).Distinct()
        .Order().First(distance => Parts(members, Math.BitIncrement(distance)).Count == 1);

    // Joined by distances below one.
    private List<List<int>> Parts(List<int> members, double below)
    {
        List<List<int>> parts = [];
        HashSet<int> open = [.. members];
        while (open.Count > 0)
        {
            List<int> part = [open.First()];
            _ = open.Remove(part[0]);
            for (int i = 0; i < part.Count; i++)
            {
                foreach (int other in open.Where(other => _reach[part[i], other] < below).ToList())
                {
                    part.Add(other);
                    _ = open.Remove(other);
                }
            }
            parts.Add(part);
        }
        return parts;
    }

    private static double[,] Reach(PointSet points, int samples)
    {
        double[,] distances = new double[points.Count, points.Count];
        for (int a = 0; a < points.Count; a++)
        {
            for (int b = 0; b < points.Count; b++)
            {
                double squared = 0;
                for (int d = 0; d < points.Dimensions; d++) squared += Math.Pow((double)points[a][d] - points[b][d], 2);
                distances[a, b] = Math.Sqrt(squared);
            }
        }
        double[] cores = [.. Enumerable.Range(0, points.Count)
            .Select(a => Enumerable.Range(0, points.Count).Select(b => distances[a, b]).Order().ElementAt(samples - 1))];
        for (int a = 0; a < points.Count; a++)
            for (int b = 0; b < points.Count; b++) distances[a, b] = Math.Max(distances[a, b], Math.Max(cores[a], cores[b]));
        return distances;
    }

    private sealed class Node
    {
        internal double Birth, Death, Stability;

        internal Dictionary<int, double> Left { get; } = [];

        internal List<Node> Parts { get; set; } = [];

        private double Best => Math.Max(Stability, Parts.Sum(static part => part.Best));

        internal IEnumerable<Dictionary<int, double>> Choose() => Parts.Count > 0 && Parts.Sum(static part => part.Best) > Stability
            ? Parts.SelectMany(static part => part.Choose())
            : [Members().ToDictionary(static pair => pair.Key, pair => Math.Min(pair.Value, Death) / Death)];

        private IEnumerable<KeyValuePair<int, double>> Members() => Left.Concat(Parts.SelectMany(static part => part.Members()));
    }
}

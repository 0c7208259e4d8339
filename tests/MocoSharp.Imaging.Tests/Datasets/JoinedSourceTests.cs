using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Tests.Loading;

namespace MocoSharp.Imaging.Tests.Datasets;

public sealed class JoinedSourceTests
{
    [Fact]
    public void Pictures_follow_each_other_and_only_the_first_source_has_labels()
    {
        using JoinedSource joined = new(new MemorySource(3), new MemorySource(2), new MemorySource(4));
        MemorySource alone = new(4);
        Assert.Equal(9, joined.Count);
        Assert.Equal(alone.Classes, joined.Classes);
        Assert.Equal([alone.Label(0), alone.Label(1), alone.Label(2), -1, -1, -1, -1, -1, -1], Enumerable.Range(0, 9).Select(joined.Label));
        Assert.Equal([0, 1, 2, 0, 1, 0, 1, 2, 3], Enumerable.Range(0, 9)
            .Select(i => Enumerable.Range(0, 4).First(k => alone.Name(k) == joined.Name(i))));
        Assert.Throws<ArgumentOutOfRangeException>(() => joined.Label(9));
    }

    [Fact]
    public void Nothing_cannot_be_joined() => Assert.Throws<ArgumentException>(() => new JoinedSource());
}

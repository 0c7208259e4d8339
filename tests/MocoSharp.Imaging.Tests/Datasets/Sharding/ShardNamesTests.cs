using MocoSharp.Imaging.Datasets.Sharding;

namespace MocoSharp.Imaging.Tests.Datasets.Sharding;

public sealed class ShardNamesTests
{
    [Theory]
    [InlineData("a-{000..002}.tar", "a-000.tar,a-001.tar,a-002.tar")]
    [InlineData("a-{8..11}.tar", "a-8.tar,a-9.tar,a-10.tar,a-11.tar")]
    [InlineData("a-{08..11}.tar", "a-08.tar,a-09.tar,a-10.tar,a-11.tar")]
    [InlineData("{x,y}-{0..1}.tar", "x-0.tar,x-1.tar,y-0.tar,y-1.tar")]
    [InlineData("d/plain.tar", "d/plain.tar")]
    public void Braces_stand_for_all_names_in_their_order(string list, string names) =>
        Assert.Equal(names.Split(','), ShardNames.Expand(list));

    [Theory]
    [InlineData("a-{0..3.tar"), InlineData("a-{0..{1..2}}.tar"), InlineData("a-{3..0}.tar"), InlineData("a-{x..z}.tar"),
        InlineData("a-{1}.tar"), InlineData("a-{}.tar"), InlineData("a-{x,x}.tar"), InlineData("a-{0..2000000000}.tar"),
        InlineData("{0..9999}-{0..9999}.tar"), InlineData("a-{-1..3}.tar")]
    public void A_list_that_cannot_be_meant_is_refused(string list)
    {
        ImagingException refused = Assert.Throws<ImagingException>(() => ShardNames.Expand(list));
        Assert.Equal((ErrorIds.ShardList, list), (refused.Id, refused.At));
    }
}

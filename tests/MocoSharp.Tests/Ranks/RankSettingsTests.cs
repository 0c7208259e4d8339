using MocoSharp.Training;

namespace MocoSharp.Tests.Ranks;

public sealed class RankSettingsTests
{
    [Fact]
    public void Without_a_launcher_a_process_trains_alone()
    {
        Assert.Null(Read([]));
        Assert.Null(Read([("RANK", "0"), ("WORLD_SIZE", "1")]));
    }

    [Fact]
    public void What_torchrun_says_is_read()
    {
        RankSettings read = Read([("RANK", "3"), ("WORLD_SIZE", "4"), ("LOCAL_RANK", "1"), ("LOCAL_WORLD_SIZE", "2"),
            ("MASTER_ADDR", "host0"), ("MASTER_PORT", "29500"), ("TORCHELASTIC_RUN_ID", "job"), ("TORCHELASTIC_RESTART_COUNT", "2"),
            ("TORCHELASTIC_USE_AGENT_STORE", "True"), ("GLOO_SOCKET_IFNAME", "eth1,eth2"), ("MOCO_RANK_TIMEOUT", "7")])!;
        Assert.Equal((3, 4, 1, 2, "host0", 29500), (read.Rank, read.Count, read.LocalRank, read.LocalCount, read.Host, read.Port));
        Assert.Equal(("job", 2, true, "eth1"), (read.Run, read.Restart, read.IsServed, read.NetworkInterface));
        Assert.Equal(TimeSpan.FromSeconds(7), read.Patience);
    }

    [Fact]
    public void One_process_a_host_is_read_from_the_hosts_variables()
    {
        RankSettings read = Read([("PET_NNODES", "2"), ("PET_NODE_RANK", "1"), ("PET_MASTER_ADDR", "a"), ("PET_MASTER_PORT", "5")])!;
        Assert.Equal((1, 2, "a", 5), (read.Rank, read.Count, read.Host, read.Port));
    }

    [Theory]
    [InlineData("WORLD_SIZE is not set", "RANK=0")]
    [InlineData("MASTER_PORT is not set", "RANK=0 WORLD_SIZE=2 MASTER_ADDR=a")]
    [InlineData("MASTER_PORT is 'x'", "RANK=0 WORLD_SIZE=2 MASTER_ADDR=a MASTER_PORT=x")]
    [InlineData("MASTER_PORT is '65536', which is no whole number from 1 to 65535", "RANK=0 WORLD_SIZE=2 MASTER_ADDR=a MASTER_PORT=65536")]
    [InlineData("the rank is 2, and there are 2", "RANK=2 WORLD_SIZE=2 MASTER_ADDR=a MASTER_PORT=1")]
    [InlineData("PET_NPROC_PER_NODE is 2", "PET_NNODES=1 PET_NPROC_PER_NODE=2")]
    public void What_is_missing_or_wrong_is_named(string expected, string variables)
    {
        MocoException error = Assert.Throws<MocoException>(() =>
            Read([.. variables.Split(' ').Select(static item => (item.Split('=')[0], item.Split('=')[1]))]));
        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal("MS5265", error.Id);
    }

    private static RankSettings? Read((string Name, string Value)[] variables) =>
        RankSettings.FromEnvironment(name => variables.FirstOrDefault(item => item.Name == name).Value);
}

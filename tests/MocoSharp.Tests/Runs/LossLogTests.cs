using MocoSharp.Runs;

namespace MocoSharp.Tests.Runs;

public sealed class LossLogTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public LossLogTests() => File.Delete(_path);

    [Fact]
    public void What_comes_after_the_checkpoint_is_cut_back_and_done_again()
    {
        LossLog log = new(_path);
        foreach (int step in new[] { 1, 2, 3, 4 }) log.Add(step, step / 8.0);
        log.Write();
        File.AppendAllText(_path, "5");                 // cut by a kill
        LossLog resumed = new(_path);
        resumed.CutBack(step: 2);
        Assert.Equal("step,loss\n1,0.125\n2,0.25\n", File.ReadAllText(_path));
        resumed.Add(3, 0.5);
        resumed.Write();
        Assert.Equal("step,loss\n1,0.125\n2,0.25\n3,0.5\n", File.ReadAllText(_path));
    }

    [Fact]
    public void Nothing_is_written_before_an_update_and_nothing_changes_where_nothing_is_to_be_cut()
    {
        LossLog log = new(_path);
        log.CutBack(step: 7);
        log.Write();
        Assert.False(File.Exists(_path));
        log.Add(1, 2);
        log.Write();
        new LossLog(_path).CutBack(step: 1);
        Assert.Equal("step,loss\n1,2\n", File.ReadAllText(_path));
    }

    public void Dispose() => File.Delete(_path);
}

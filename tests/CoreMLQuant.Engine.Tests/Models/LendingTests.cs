using System;
using System.Threading.Tasks;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using Xunit;

namespace CoreMLQuant.Tests.Models;

public class LendingTests
{
    [Fact]
    public async Task BeginEdits_WhileOthersReadTheMessages_WaitsForThem()
    {
        using ModelFile model = ModelFile.Open(TestFiles.Fixture("convnet_iOS15", "fp32.mlpackage"));
        var reader = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        model.Lend(reader.Task);
        var builder = new PlanBuilder(model, new Float16Recipe());
        Task edits = Task.Run(builder.BeginEdits);
        Assert.NotSame(edits, await Task.WhenAny(edits, Task.Delay(50)));
        reader.SetResult(true);
        await edits;
    }

    [Fact]
    public void BeginEdits_WhenTheReaderFailed_LeavesItsErrorToWhoStartedIt()
    {
        using ModelFile model = ModelFile.Open(TestFiles.Fixture("convnet_iOS15", "fp32.mlpackage"));
        model.Lend(Task.FromException(new InvalidOperationException("of the reader")));
        new PlanBuilder(model, new Float16Recipe()).BeginEdits();
    }
}

using System.Collections.Generic;
using System.Linq;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using CoreMLQuant.Models;
using Xunit;
using Assembly = System.Reflection.Assembly;

namespace CoreMLQuant.Architecture.Tests;

public class FloorTests
{
    private const string WhereFloorsAre = "the table 'The rooms of the engine' in docs/ARCHITECTURE.md";
    private static readonly Assembly Engine = typeof(ModelFile).Assembly;
    private static readonly Assembly Translator = Assembly.Load("CoreMLQuant.Onnx");
    private static readonly Assembly Runtime = Assembly.Load("CoreMLQuant.Runtime");
    private static readonly Assembly Cmdlets = Assembly.Load("CoreMLQuant");
    private static readonly Assembly[] LowestFirst = [Engine, Translator, Runtime, Cmdlets];
    private static readonly ArchUnitNET.Domain.Architecture Loaded = new ArchLoader().LoadAssemblies(LowestFirst).Build();

    private static IEnumerable<IType> TypesOf(Assembly assembly) => Loaded.Types.Where(type =>
        type.Assembly.Name == assembly.GetName().Name && type.Namespace?.FullName.StartsWith("CoreMLQuant", System.StringComparison.Ordinal) == true);

    [Fact]
    public void EngineFolders_All_HaveAFloor()
    {
        string[] missing = TypesOf(Engine).Select(type => type.Namespace.FullName).Distinct()
            .Except(Room.All.Select(room => room.Namespace)).OrderBy(name => name, System.StringComparer.Ordinal).ToArray();
        Assert.True(missing.Length == 0, $"These namespaces have no floor; give each a row in {WhereFloorsAre}: {string.Join(", ", missing)}");
    }

    [Fact]
    public void Floors_All_HaveTypes()
    {
        string[] empty = Room.All.Select(room => room.Namespace).Except(TypesOf(Engine).Select(type => type.Namespace.FullName)).ToArray();
        Assert.True(empty.Length == 0, $"There is nothing in these rooms of {WhereFloorsAre}: {string.Join(", ", empty)}");
    }

    [Fact]
    public void EngineTypes_Dependencies_LieInTheirOwnRoomOrBelow()
    {
        Dictionary<string, Room> rooms = Room.All.ToDictionary(room => room.Namespace);
        string[] upward = Dependencies(Engine)
            .Where(pair => rooms.TryGetValue(pair.From.Namespace.FullName, out Room? from) && rooms.TryGetValue(pair.To.Namespace?.FullName ?? string.Empty, out Room? to) && !from.MayKnow(to))
            .Select(pair => $"{pair.From.FullName} -> {pair.To.FullName}")
            .Distinct().OrderBy(text => text, System.StringComparer.Ordinal).ToArray();
        Assert.True(upward.Length == 0, $"{upward.Length} uses go up or sideways; {WhereFloorsAre} says who may know whom:\n{string.Join("\n", upward)}");
    }

    [Fact]
    public void EngineRooms_Dependencies_FormNoCircle()
    {
        ILookup<string, string> uses = Dependencies(Engine)
            .Select(pair => (From: pair.From.Namespace.FullName, To: pair.To.Namespace?.FullName ?? string.Empty))
            .Where(pair => pair.From != pair.To && pair.To.StartsWith("CoreMLQuant", System.StringComparison.Ordinal))
            .Distinct().ToLookup(pair => pair.From, pair => pair.To);
        var left = new HashSet<string>(uses.Select(group => group.Key));
        while (left.FirstOrDefault(room => !uses[room].Any(left.Contains)) is { } leaf)
        {
            left.Remove(leaf);
        }

        Assert.True(left.Count == 0, $"These rooms know each other in a circle: {string.Join(", ", left.OrderBy(name => name, System.StringComparer.Ordinal))}");
    }

    [Fact]
    public void Projects_References_PointDown()
    {
        for (int floor = 0; floor < LowestFirst.Length; floor++)
        {
            IEnumerable<string?> higher = LowestFirst.Skip(floor).Select(assembly => assembly.GetName().Name);
            Assert.Empty(LowestFirst[floor].GetReferencedAssemblies().Select(reference => reference.Name).Intersect(higher));
        }
    }

    [Fact]
    public void Projects_References_NoPowerShellBelowTheCmdletsAndNoOnnxRuntimeBelowTheRuntime()
    {
        Assert.All([Engine, Translator, Runtime], assembly => Assert.DoesNotContain(assembly.GetReferencedAssemblies(), reference => reference.Name is "System.Management.Automation" or "System.Console"));
        Assert.All([Engine, Translator], assembly => Assert.DoesNotContain(assembly.GetReferencedAssemblies(), reference => reference.Name is "Microsoft.ML.OnnxRuntime"));
        Assert.Contains(Runtime.GetReferencedAssemblies(), reference => reference.Name is "Microsoft.ML.OnnxRuntime");
    }

    [Fact]
    public void Cmdlets_Dependencies_ArePublicTypes()
    {
        Dictionary<string, Assembly> below = new[] { Engine, Translator, Runtime }.ToDictionary(assembly => assembly.GetName().Name!);
        (IType From, IType To)[] uses = Dependencies(Cmdlets).Where(pair => below.ContainsKey(pair.To.Assembly.Name)).ToArray();
        string[] hidden = uses
            .Where(pair => below[pair.To.Assembly.Name].GetType(pair.To.FullName) is { IsVisible: false })
            .Select(pair => $"{pair.From.FullName} -> {pair.To.FullName}")
            .Distinct().ToArray();
        Assert.True(hidden.Length == 0, $"Cmdlets use internal types:\n{string.Join("\n", hidden)}");
        Assert.Contains(uses, pair => pair.To.Assembly.Name == Engine.GetName().Name);
    }

    [Fact]
    public void MayKnow_TwoWorlds_DoNotKnowEachOther()
    {
        Room mil = Room.All.Single(room => room.Folder == "Mil"), networks = Room.All.Single(room => room.Folder == "NeuralNetworks");
        Assert.False(mil.MayKnow(networks));
        Assert.False(networks.MayKnow(mil));
        Assert.True(Room.All.Single(room => room.Folder == "Conversion").MayKnow(mil));
        Assert.False(mil.MayKnow(Room.All.Single(room => room.Folder == "Mil/Float16")));
    }

    private static IEnumerable<(IType From, IType To)> Dependencies(Assembly assembly) =>
        TypesOf(assembly).SelectMany(type => type.Dependencies.Select(dependency => (type, dependency.Target)));
}

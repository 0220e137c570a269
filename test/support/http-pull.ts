import { type NetworkPolicy, resolveModel } from "../../src/models/index.js";

// A process of its own that resolves one name and prints what it found: node http-pull.js NAME HOME [NETWORK]
const [name = "", home = "", network = "{}"] = process.argv.slice(2);
console.log(JSON.stringify(await resolveModel(name, { home, network: JSON.parse(network) as Partial<NetworkPolicy> })));

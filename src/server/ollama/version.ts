/** The release of Ollama whose API this is: clients ask for one that has what they need, and compare. */
export const apiVersion = "0.13.0";
